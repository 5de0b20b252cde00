import * as Redacted from "effect/Redacted"
import type { SimulatorOptions } from "../../../src/connector/simulator.ts"

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
