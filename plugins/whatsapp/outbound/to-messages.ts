import type { AccountContext } from "../../../src/connector/capability.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { appSecretProof } from "../../meta/app-secret-proof.ts"
import { graphClient } from "../../meta/graph.ts"
import { errors } from "../errors.ts"
import type { Account, Settings } from "../settings.ts"

const call = graphClient(errors)

/** One POST to the messages of the account's number. */
export const toMessages = <A>(
  operation: string,
  { settings, account, secret, digest }: AccountContext<Settings, Account>,
  body: JsonObject,
  expect: (answer: Json) => A | undefined
) => {
  const token = secret("accessToken")
  return call({
    operation,
    settings: settings.graph,
    method: "POST",
    edge: "send",
    path: `${encodeURIComponent(account.phoneNumberId)}/messages`,
    token,
    proof: appSecretProof(digest, secret("appSecret"), token),
    body,
    expect
  })
}
