import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Redacted from "effect/Redacted"
import type { SimulatorOptions } from "../../../../src/connector/simulator.ts"
import { appSecretProof } from "../../app-secret-proof.ts"

/** The provider's view of an account, by the operator's settings. */
export interface Described {
  /** Id, as webhooks name it. */
  readonly id: string
  /** Node of its token, for which `me` stands. */
  readonly self: string
}

export interface SimulatedAccount extends Described {
  readonly appSecret: Redacted.Redacted<string>
  readonly holdsToken: (token: string) => boolean
  /** Returns true also without a proof, which an app may leave out. */
  readonly proves: (token: string, proof: string | null) => boolean
}

const utf8 = new TextEncoder()

export const accountsOf = (
  { accounts, secrets: shared, digest }: SimulatorOptions,
  describe: (settings: Readonly<Record<string, string>>) => Described
): ReadonlyArray<SimulatedAccount> =>
  accounts.map(({ account, secrets }) => {
    const appSecret = secrets["appSecret"] ?? shared["appSecret"] ?? Redacted.make("")
    const same = (given: string, ours: string) => digest.equals(utf8.encode(given), utf8.encode(ours))
    const token = secrets["accessToken"]
    return {
      ...describe(account),
      appSecret,
      holdsToken: (given) => token !== undefined && same(given, Redacted.value(token)),
      proves: (given, proof) => proof === null || same(proof, appSecretProof(digest, appSecret, Redacted.make(given)))
    }
  })

export const tokenOf = (request: HttpServerRequest): string => {
  const header = request.headers["authorization"] ?? ""
  return header.startsWith("Bearer ") ? header.slice("Bearer ".length) : ""
}

export const queryOf = (request: HttpServerRequest): URLSearchParams =>
  URL.parse(request.url, "http://simulated")?.searchParams ?? new URLSearchParams()
