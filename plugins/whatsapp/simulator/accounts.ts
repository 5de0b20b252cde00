import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { SimulatorOptions } from "../../../src/connector/simulator.ts"
import { randomId } from "../../meta/simulator/random-id.ts"

/** One simulated phone number. */
export interface SimulatedNumber {
  readonly phoneNumberId: string
  readonly businessAccountId: string
  readonly holdsToken: (token: string) => boolean
}

const utf8 = new TextEncoder()

export const numbersOf = ({ accounts, digest }: SimulatorOptions): ReadonlyArray<SimulatedNumber> =>
  accounts.map(({ account, secrets }) => ({
    phoneNumberId: account["phoneNumberId"] ?? "",
    businessAccountId: account["businessAccountId"] ?? "",
    holdsToken: (token) => {
      const ours = secrets["accessToken"]
      return ours !== undefined && digest.equals(utf8.encode(token), utf8.encode(Redacted.value(ours)))
    }
  }))

/** Returns the bearer token of a request; empty when it has none. */
export const tokenOf = (request: HttpServerRequest): string => {
  const header = request.headers["authorization"] ?? ""
  return header.startsWith("Bearer ") ? header.slice("Bearer ".length) : ""
}

/** Makes a message id in the provider's form, with random content. */
export const messageId: Effect.Effect<string> = Effect.map(randomId(24), (id) => `wamid.${id}`)
