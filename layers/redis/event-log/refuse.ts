import { defineScript } from "../script.ts"
import { ownerOf } from "./owner.ts"

/** KEYS: stamp, lease, todo:runtime, refusals. ARGV: deployment, epoch, position. Answers the refusals so far, or a word. */
export const refuse = defineScript(
  "refuse",
  `${ownerOf}
return redis.call('HINCRBY', KEYS[4], id, 1)
`
)
