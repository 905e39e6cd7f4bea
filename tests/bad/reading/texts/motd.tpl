Welcome to ${name}, in ${upper(region)}.
