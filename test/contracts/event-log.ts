import { admitContract } from "./event-log/admit.ts"
import { conserveContract } from "./event-log/conserve.ts"
import { consumeContract } from "./event-log/consume.ts"
import { deadLetterContract } from "./event-log/dead-letter.ts"
import { forgetContract } from "./event-log/forget.ts"
import { againContract } from "./event-log/again.ts"
import { lookContract } from "./event-log/look.ts"
import { sweepContract } from "./event-log/sweep.ts"
import type { StoreUnderTest } from "./store.ts"

/** Defines the tests that every event log must pass. */
export const eventLogContract = <R>(name: string, subject: StoreUnderTest<R>) => {
  admitContract(name, subject)
  consumeContract(name, subject)
  deadLetterContract(name, subject)
  againContract(name, subject)
  lookContract(name, subject)
  forgetContract(name, subject)
  sweepContract(name, subject)
  conserveContract(name, subject)
}
