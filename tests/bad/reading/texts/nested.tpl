${template("motd.tpl", {})}
