import * as Effect from "effect/Effect"
import type { Media } from "../../../src/connector/media.ts"
import { appSecretProof } from "../../meta/app-secret-proof.ts"
import { graphClient } from "../../meta/graph.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { errors } from "../errors.ts"
import type { Account, Settings } from "../settings.ts"
import { formOf } from "./form.ts"

const call = graphClient(errors)

/** Uploads a medium. The provider stores it for 30 days under the id that it returns (META 3.3). */
export const upload: Media<Settings, Account>["upload"] = Effect.fnUntraced(function* (one, context) {
  const token = context.secret("accessToken")
  return yield* call({
    operation: "whatsapp.upload",
    settings: context.settings.graph,
    method: "POST",
    path: `${encodeURIComponent(context.account.phoneNumberId)}/media`,
    token,
    proof: appSecretProof(context.digest, context.secret("appSecret"), token),
    form: yield* formOf(one),
    expect: (body) => textOf(objectOf(body)?.["id"])
  })
})
