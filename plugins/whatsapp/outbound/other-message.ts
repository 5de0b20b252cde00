import * as Schema from "effect/Schema"
import { OpenObject, OpenWord } from "../../meta/input-schema.ts"
import { addressing, beside } from "./fields.ts"
import { message } from "./message.ts"

/**
 * Builds a capability for messages of types without one: the provider's request unchanged, without its recipient.
 * Rejects `types`, which have capabilities that check them.
 */
export const otherMessage = (types: ReadonlyArray<string>) =>
  message({
    id: "message",
    input: Schema.StructWithRest(Schema.Struct({ type: OpenWord, ...beside, ...addressing }), [OpenObject]).check(
      Schema.makeFilter(({ type }) =>
        types.includes(type)
          ? { path: ["type"], issue: `expected another type: ${type} has a capability of its own` }
          : undefined
      )
    ),
    members: (input) => input
  })
