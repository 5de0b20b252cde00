import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { userAgent } from "../../undici/user-agent.ts"
import { untraced } from "../untraced.ts"

/** An answer other than 2xx, or none. `status` is absent when no answer came. No text of Vault is repeated. */
export class VaultRefused extends Data.TaggedError("VaultRefused")<{
  readonly status?: number
  readonly why: string
}> {}

/** Returns the meaning of Vault's and OpenBao's statuses, by their API documentation. */
const meaning = (status: number): string => {
  if (status === 400) return "it rejects the request as malformed"
  if (status === 403) return "it denies this: the token or the policy does not allow it"
  if (status === 404) return "there is nothing at this path"
  if (status === 429) return "it limits the rate of requests, or is a standby"
  if (status === 472 || status === 473) return "it is a standby"
  if (status === 503) return "it is sealed, or down for maintenance"
  return `it answered ${status}`
}

const decodeJson = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

export interface VaultQuestion {
  readonly method: "GET" | "POST"
  /** Path below `/v1/`. */
  readonly path: string
  readonly token?: Redacted.Redacted<string>
  readonly body?: Readonly<Record<string, string>>
}

/** Sends one request to Vault, with a limit of 5 s. */
export const askVault = (address: string, namespace: string | undefined) =>
  Effect.fnUntraced(function* ({ method, path, token, body }: VaultQuestion) {
    const client = yield* HttpClient.HttpClient
    const url = `${address.replace(/\/$/, "")}/v1/${path}`
    const request = HttpClientRequest.make(method)(url).pipe(
      HttpClientRequest.setHeaders({
        "user-agent": userAgent,
        "x-vault-request": "true",
        ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
        ...(token === undefined ? {} : { "x-vault-token": Redacted.value(token) })
      })
    )
    const asked = body === undefined ? request : HttpClientRequest.bodyJsonUnsafe(request, body)
    const { status, text } = yield* client.execute(asked).pipe(
      untraced,
      Effect.flatMap((answer) =>
        answer.status >= 300
          ? Effect.succeed({ status: answer.status, text: "" })
          : Effect.map(answer.text, (whole) => ({ status: answer.status, text: whole }))
      ),
      Effect.timeout("5 seconds"),
      Effect.mapError(() => new VaultRefused({ why: `it does not answer at ${address}` }))
    )
    if (status >= 300) return yield* new VaultRefused({ status, why: meaning(status) })
    return yield* decodeJson(text).pipe(
      Effect.mapError(() => new VaultRefused({ status, why: "its answer is not JSON" }))
    )
  })
