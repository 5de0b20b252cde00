import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { Signature } from "./post-office.ts"
import type { Webhook } from "./signing.ts"
import type { Delivered } from "./state.ts"

export const noAnswer: Pick<Delivered, "status" | "headers"> = { status: 0, headers: {} }

/** Returns a wrong signature: one digit differs. */
const spoilt = (signature: string) => signature.slice(0, -1) + (signature.endsWith("0") ? "1" : "0")

const signed = (signature: string, how: Signature) =>
  how === "missing"
    ? HttpClientRequest.removeHeader("x-hub-signature-256")
    : HttpClientRequest.setHeader("x-hub-signature-256", how === "wrong" ? spoilt(signature) : signature)

/** Posts a webhook once. Returns the answer, or status 0 after 20 s without one. */
export const post = (client: HttpClient.HttpClient, url: string, webhook: Webhook, signature: Signature) =>
  client
    .execute(
      HttpClientRequest.post(url).pipe(
        signed(webhook.signature, signature),
        HttpClientRequest.bodyUint8Array(webhook.bytes, "application/json")
      )
    )
    .pipe(
      Effect.flatMap((response) =>
        Effect.as(response.text, { status: response.status, headers: { ...response.headers } })
      ),
      Effect.timeout("20 seconds"),
      Effect.orElseSucceed(() => noAnswer)
    )
