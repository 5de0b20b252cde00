import { defineScript } from "../script.ts"
import { ownerOf } from "./owner.ts"

/** KEYS: stamp, lease, todo:runtime, refusals. ARGV: deployment, epoch, position, count. Answers the refusals so far, or a word. */
export const refuse = defineScript(
  "refuse",
  `${ownerOf}
local count = math.max(tonumber(redis.call('HGET', KEYS[4], place) or 0), tonumber(ARGV[4]))
write('HSET', KEYS[4], place, count)
return count
`
)
