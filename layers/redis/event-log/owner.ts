import { requireEpoch, requireStamp } from "../lua.ts"

/**
 * Begins every script of an owner, and finds the entry: `id` is its place in the log, nil where the consumer is done with it.
 * KEYS: stamp, lease, then the consumer's todo. ARGV: deployment, epoch, position. All of them drain: `allow-oom` (G6).
 */
export const ownerOf = `#!lua flags=allow-oom
${requireStamp}${requireEpoch}
local id = redis.call('ZRANGE', KEYS[3], ARGV[3], ARGV[3], 'BYSCORE', 'LIMIT', 0, 1)[1]
if not id then return 'absent' end
`
