import { requireEpoch, requireStamp } from "../lua.ts"
import { places } from "./places.ts"

/**
 * Begins every script of an owner, and finds the entry: `place` is that in the consumer's todo, nil where the consumer is
 * done with it. KEYS: stamp, lease, then the consumer's todo. ARGV: deployment, epoch, position. All of them drain:
 * `allow-oom` (G6).
 */
export const ownerOf = `#!lua flags=allow-oom
${requireStamp}${requireEpoch}${places}
local place = redis.call('ZRANGE', KEYS[3], ARGV[3], ARGV[3], 'BYSCORE', 'LIMIT', 0, 1)[1]
if not place then return 'absent' end
`
