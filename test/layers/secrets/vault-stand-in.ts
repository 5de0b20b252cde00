import type { IncomingMessage } from "node:http"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Given } from "../../contracts/secret-store.ts"
import { type Answer, standIn, versionsOf } from "./stand-in.ts"

interface State {
  readonly secrets: Map<string, ReadonlyArray<string>>
  /** Those that are good. */
  readonly tokens: Set<string>
  readonly lease: number
  logins: number
  renewals: number
  namespace: string | undefined
  /** Answered to every read in place of the secret. */
  trouble: number | undefined
}

/** Vault in small: KV version 2 under `kv`, logins, renewal; `state` can be changed while it runs. */
export const vault = (given: Given) =>
  Effect.gen(function* () {
    const state: State = {
      secrets: versionsOf(given),
      tokens: new Set(["root-token"]),
      lease: 3_600,
      logins: 0,
      renewals: 0,
      namespace: undefined,
      trouble: undefined
    }
    const auth = (token: string): Answer => ({
      status: 200,
      body: { auth: { client_token: token, lease_duration: state.lease, renewable: true } }
    })
    const login = (good: boolean): Answer => {
      if (!good) return { status: 400, body: { errors: ["invalid role or secret: canary-from-vault"] } }
      const token = `session-${++state.logins}`
      state.tokens.add(token)
      return auth(token)
    }
    const read = (url: URL): Answer => {
      if (state.trouble !== undefined) return { status: state.trouble, body: { errors: ["canary-from-vault"] } }
      const versions = state.secrets.get(decodeURIComponent(url.pathname.replace("/v1/kv/data/", "")))
      const version = Number(url.searchParams.get("version") ?? versions?.length)
      const value = versions?.[version - 1]
      if (value === undefined) return { status: 404, body: { errors: [] } }
      const metadata = {
        version,
        created_time: DateTime.formatIso(DateTime.makeUnsafe(1_700_000_000_000 + version * 1_000))
      }
      return { status: 200, body: { data: { data: { value }, metadata } } }
    }
    const answer = (request: IncomingMessage, body: string): Answer => {
      const url = new URL(request.url ?? "/", "http://vault")
      const json = body === "" ? {} : JSON.parse(body)
      if (url.pathname === "/v1/auth/kubernetes/login") return login(json.role === "comporta" && json.jwt === "a-jwt")
      if (url.pathname === "/v1/auth/approle/login") return login(json.role_id === "role" && json.secret_id === "an-id")
      const token = String(request.headers["x-vault-token"])
      if (!state.tokens.has(token)) return { status: 403, body: { errors: ["permission denied"] } }
      if (request.headers["x-vault-namespace"] !== state.namespace) return { status: 404, body: { errors: [] } }
      if (url.pathname === "/v1/auth/token/renew-self") {
        state.renewals++
        return auth(token)
      }
      return read(url)
    }
    return { ...(yield* standIn(answer)), state }
  })
