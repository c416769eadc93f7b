#!/bin/sh
docker build -t "shop/$1" "$1"
retry docker push "shop/$1"
