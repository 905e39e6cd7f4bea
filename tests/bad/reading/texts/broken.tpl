one
${upper(name}
