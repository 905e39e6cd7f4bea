#!/bin/sh
echo "\${HOME} ${nmae}"
export PORT=${port}
