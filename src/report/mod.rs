//! What models, graphs, plans and states look like to people and to machines.
