import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { json } from "../../meta/simulator/answers.ts"
import { withBody } from "../../meta/simulator/with-body.ts"
import { type Memory, Rules, Template, templateKey } from "./rules.ts"

/** State of a token. Subcodes of META 3.5: the password was changed, the token expired, it is invalid. */
const Token = Schema.Struct({
  phoneNumberId: Schema.NonEmptyString,
  valid: Schema.optionalKey(Schema.Boolean),
  subcode: Schema.optionalKey(Schema.Literals([460, 463, 467]))
})

const expiry = 463

/** Adds the controls under `/_simulator` for rules, templates and the validity of tokens. */
export const ruleControls = (memory: Memory) =>
  Layer.mergeAll(
    HttpRouter.add("POST", "/_simulator/rules", (request) =>
      withBody(request, Rules, (rules) =>
        Effect.map(
          Ref.updateAndGet(memory.rules, (before) => ({ ...before, ...rules })),
          (now) => json({ ...now })
        )
      )
    ),
    HttpRouter.add("POST", "/_simulator/templates", (request) =>
      withBody(request, Template, (template) =>
        Effect.as(
          Ref.update(memory.templates, HashMap.set(templateKey(template.name, template.language), template)),
          json({ ...template })
        )
      )
    ),
    HttpRouter.add("POST", "/_simulator/tokens", (request) =>
      withBody(request, Token, ({ phoneNumberId, valid = false, subcode = expiry }) =>
        Effect.as(
          Ref.update(memory.expired, (all) =>
            valid ? HashMap.remove(all, phoneNumberId) : HashMap.set(all, phoneNumberId, subcode)
          ),
          json({ phoneNumberId, valid, ...(valid ? {} : { subcode }) })
        )
      )
    )
  )
