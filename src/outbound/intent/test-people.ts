import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Channel, ChannelAccount, ChannelCapability, SecretReader } from "../../connector/channel.ts"
import type { Digest } from "../../connector/inbound.ts"
import { PayloadError } from "../../domain/failure.ts"

const utf8 = new TextEncoder()

/** Test people of a connector. Each secret holds the `to` of one person, and its current version counts. */
export interface TestPeople {
  readonly people: ReadonlyArray<SecretReader>
  readonly digest: Digest
}

const notATestPerson = ({ id }: Channel) =>
  new PayloadError({
    code: "not_a_test_person",
    detail: `staging sends only to the test people of staging.people.${id}; nothing was sent`,
    issues: [
      {
        path: ["to"],
        message: `expected a test person: put this \`to\` into a secret that staging.people.${id} names, with the consent of that person`
      }
    ]
  })

/** Returns true for a recipient that is one of the people, however it is written. Compares with each in constant time. */
const isOneOf = (channel: Channel, { people, digest }: TestPeople, to: string): boolean => {
  const formOf = (recipient: string) => utf8.encode(channel.recipientOf(recipient))
  const wanted = formOf(to)
  return people.filter((person) => digest.equals(formOf(Redacted.value(person.current())), wanted)).length > 0
}

const onlyTo = (channel: Channel, known: TestPeople, capability: ChannelCapability): ChannelCapability =>
  capability.recipient === "absent"
    ? capability
    : {
        ...capability,
        prepare: (input, to) => {
          const prepared = capability.prepare(input, to)
          return to === undefined || Result.isFailure(prepared) || isOneOf(channel, known, to)
            ? prepared
            : Result.fail(notATestPerson(channel))
        }
      }

/**
 * Returns a channel that sends to test people alone (G40). A capability with a recipient refuses any other before its claim,
 * whether it comes from a caller, from the queue or from an answer of the runtime.
 */
export const toTestPeople = (channel: Channel, known: TestPeople): Channel => {
  const accountOf = (account: ChannelAccount): ChannelAccount => ({
    ...account,
    capabilities: new Map([...account.capabilities].map(([id, one]) => [id, onlyTo(channel, known, one)]))
  })
  return {
    ...channel,
    accounts: new Map([...channel.accounts].map(([alias, account]) => [alias, accountOf(account)]))
  }
}
