import { defineScript } from "../scripting/script.ts"

/**
 * Writes a stamp if there is none.
 *
 * KEYS: stamp of the partition.
 * ARGV: fields and values.
 * Answer: the resulting stamp.
 */
export const writeStampScript = defineScript(
  "write stamp",
  `#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then write('HSET', KEYS[1], unpack(ARGV)) end
commit()
return redis.call('HGETALL', KEYS[1])
`
)

/**
 * Reads a stamp.
 *
 * KEYS: stamp of the partition.
 * Answer: the stamp, empty when there is none.
 */
export const readStampScript = defineScript(
  "read stamp",
  `#!lua flags=no-writes
return redis.call('HGETALL', KEYS[1])
`
)

/**
 * Writes the fields of a stamp over those that are there.
 *
 * KEYS: stamp of the partition.
 * ARGV: fields and values.
 * Answer: the resulting stamp.
 */
export const replaceStampScript = defineScript(
  "replace stamp",
  `#!lua flags=allow-oom
write('HSET', KEYS[1], unpack(ARGV))
commit()
return redis.call('HGETALL', KEYS[1])
`
)

/**
 * Stores the fingerprint of a pepper if there is none.
 *
 * KEYS: stamp of the first partition.
 * ARGV: fingerprint of a pepper.
 * Answer: the fingerprint that is stored, or an empty text when there is no stamp.
 */
export const notePepperScript = defineScript(
  "note pepper",
  `#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
write('HSETNX', KEYS[1], 'fingerprint', ARGV[1])
commit()
return redis.call('HGET', KEYS[1], 'fingerprint')
`
)
