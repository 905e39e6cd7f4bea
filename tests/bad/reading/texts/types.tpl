line
${join(names, ", ")} ${port * size}
