import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import { json } from "./answers.ts"

/** Uses the JSON body of a control. Answers 400 when it does not fit. */
export const withBody = <A, B>(
  request: HttpServerRequest,
  schema: Schema.Codec<A, unknown>,
  use: (body: A) => Effect.Effect<B>
) =>
  request.text.pipe(
    Effect.flatMap((text) =>
      Schema.decodeEffect(Schema.fromJsonString(schema), { onExcessProperty: "error" })(text === "" ? "{}" : text)
    ),
    Effect.matchEffect({
      onFailure: () => Effect.succeed(json({ problem: "the body does not fit this control" }, 400)),
      onSuccess: use
    })
  )
