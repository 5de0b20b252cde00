import { defineScript } from "./script.ts"

/** KEYS: the partition's stamp. ARGV: fields and values, written where no stamp is. Answers the stamp as it then stands. */
export const writeStamp = defineScript(
  "write stamp",
  `#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('HSET', KEYS[1], unpack(ARGV)) end
return redis.call('HGETALL', KEYS[1])
`
)

/** KEYS: the partition's stamp. Answers the stamp, empty where none is. */
export const readStamp = defineScript(
  "read stamp",
  `#!lua flags=no-writes
return redis.call('HGETALL', KEYS[1])
`
)
