import * as Schema from "effect/Schema"
import type { Send } from "../../../src/connector/capability.ts"
import { credentialsOf } from "../../meta/credentials.ts"
import { graphClient } from "../../meta/graph.ts"
import { objectOf } from "../../meta/read-json.ts"
import { errors } from "../errors.ts"
import type { Account, Settings } from "../settings.ts"

const call = graphClient(errors)

const Input = Schema.Struct({
  id: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,128}$/, { expected: "the id of a medium" }))
})

/** Deletes a medium that was uploaded or received; `id` is the provider's (META 3.3). */
export const mediaDelete = {
  id: "media_delete",
  input: Input,
  recipient: "absent" as const,
  send: ({ input, ...context }: Send<typeof Input.Type, Settings, Account>) =>
    call({
      operation: "whatsapp.media_delete",
      settings: context.settings.graph,
      method: "DELETE",
      path: input.id,
      ...credentialsOf(context),
      expect: (body) => (objectOf(body)?.["success"] === true ? {} : undefined)
    })
}
