import { defineScript } from "../scripting/script.ts"

/** KEYS: the partition's stamp. ARGV: fields and values, written where no stamp is. Answers the stamp as it then stands. */
export const writeStampScript = defineScript(
  "write stamp",
  `#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then write('HSET', KEYS[1], unpack(ARGV)) end
commit()
return redis.call('HGETALL', KEYS[1])
`
)

/** KEYS: the partition's stamp. Answers the stamp, empty where none is. */
export const readStampScript = defineScript(
  "read stamp",
  `#!lua flags=no-writes
return redis.call('HGETALL', KEYS[1])
`
)

/** KEYS: the partition's stamp. ARGV: fields and values, written over what is there. Answers the stamp as it then stands. */
export const replaceStampScript = defineScript(
  "replace stamp",
  `#!lua flags=allow-oom
write('HSET', KEYS[1], unpack(ARGV))
commit()
return redis.call('HGETALL', KEYS[1])
`
)

/** KEYS: the first partition's stamp. ARGV: fingerprint of a pepper. Answers the one that is kept, this one where none was. */
export const notePepperScript = defineScript(
  "note pepper",
  `#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
write('HSETNX', KEYS[1], 'fingerprint', ARGV[1])
commit()
return redis.call('HGET', KEYS[1], 'fingerprint')
`
)
