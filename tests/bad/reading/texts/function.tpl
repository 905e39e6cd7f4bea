${uper(name)}
