// no target
