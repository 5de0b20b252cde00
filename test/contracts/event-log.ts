import { admitContract } from "./event-log/admit.ts"
import { conserveContract } from "./event-log/conserve.ts"
import { consumeContract } from "./event-log/consume.ts"
import { deadLetterContract } from "./event-log/dead-letter.ts"
import type { StoreUnderTest } from "./store.ts"

/** What every event log keeps, whatever it is made of. */
export const eventLogContract = <R>(name: string, subject: StoreUnderTest<R>) => {
  admitContract(name, subject)
  consumeContract(name, subject)
  deadLetterContract(name, subject)
  conserveContract(name, subject)
}
