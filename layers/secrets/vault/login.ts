import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import type * as HttpClient from "effect/http/HttpClient"
import type { VaultAuth } from "../../../src/config/config.ts"
import { type VaultQuestion, VaultRefused } from "./ask.ts"

const LoggedIn = Schema.Struct({
  auth: Schema.Struct({
    client_token: Schema.NonEmptyString,
    lease_duration: Schema.Finite,
    renewable: Schema.Boolean
  })
})
const decode = Schema.decodeUnknownEffect(LoggedIn)

/** A token. `renewAt` and `endsAt` are milliseconds since the epoch. */
interface Session {
  readonly token: Redacted.Redacted<string>
  readonly renewAt: number
  readonly endsAt: number
  readonly renewable: boolean
}

type Ask = (question: VaultQuestion) => Effect.Effect<unknown, VaultRefused, HttpClient.HttpClient>

const sessionOf = Effect.fnUntraced(function* (answer: unknown) {
  const { auth } = yield* Effect.mapError(
    decode(answer),
    () => new VaultRefused({ why: "its login returned no token" })
  )
  const now = yield* Clock.currentTimeMillis
  const life = auth.lease_duration * 1_000
  const session: Session = {
    token: Redacted.make(auth.client_token),
    renewAt: now + life * (2 / 3),
    endsAt: auth.lease_duration === 0 ? Infinity : now + life,
    renewable: auth.renewable
  }
  return session
})

const contentOf = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* files
    .readFileString(path)
    .pipe(Effect.mapError(() => new VaultRefused({ why: `the file ${path} cannot be read` })))
  return text.trim()
})

const login = Effect.fnUntraced(function* (ask: Ask, auth: VaultAuth) {
  switch (auth._tag) {
    case "TokenFile": {
      const token = Redacted.make(yield* contentOf(auth.path))
      return { token, renewAt: Infinity, endsAt: Infinity, renewable: false } satisfies Session
    }
    case "Kubernetes": {
      const jwt = yield* contentOf(auth.tokenFile)
      const body = { role: auth.role, jwt }
      return yield* Effect.flatMap(ask({ method: "POST", path: `auth/${auth.mount}/login`, body }), sessionOf)
    }
    case "AppRole": {
      const body = { role_id: auth.roleId, secret_id: yield* contentOf(auth.secretIdFile) }
      return yield* Effect.flatMap(ask({ method: "POST", path: `auth/${auth.mount}/login`, body }), sessionOf)
    }
  }
})

/**
 * Returns a client with one session for all callers. It renews the session after two thirds of its life, and logs in
 * again when it has ended or Vault denies it. It then reads a token file again, since an agent on the same host may
 * have written another.
 */
export const vaultSession = (ask: Ask, auth: VaultAuth) => {
  const one = Semaphore.makeUnsafe(1)
  let session: Session | undefined

  const renewed = (held: Session) =>
    ask({ method: "POST", path: "auth/token/renew-self", token: held.token, body: {} }).pipe(
      Effect.flatMap(sessionOf),
      Effect.orElseSucceed(() => held)
    )
  const fresh = Effect.suspend(() => Effect.tap(login(ask, auth), (made) => Effect.sync(() => (session = made))))
  const token = Semaphore.withPermits(
    one,
    1
  )(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      if (session === undefined || now >= session.endsAt) return (yield* fresh).token
      if (session.renewable && now >= session.renewAt) session = yield* renewed(session)
      return session.token
    })
  )
  const denied = (token: Redacted.Redacted<string>) =>
    Effect.sync(() => {
      if (session?.token === token) session = undefined
    })

  /** Sends a request with the session. After a denial, sends it once more with a new session. */
  return (question: VaultQuestion) =>
    Effect.gen(function* () {
      const first = yield* token
      const answer = ask({ ...question, token: first })
      return yield* Effect.catchIf(
        answer,
        ({ status }) => status === 403,
        () =>
          Effect.andThen(
            denied(first),
            Effect.flatMap(token, (again) => ask({ ...question, token: again }))
          )
      )
    })
}
