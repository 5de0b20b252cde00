import * as TestClock from "effect/testing/TestClock"
import { layer } from "../../../layers/memory/store.ts"
import { retention } from "../../../src/inbound/event-log/retention.ts"
import { aliasesContract } from "../../contracts/aliases.ts"
import { eventLogContract } from "../../contracts/event-log.ts"
import { partitionsContract } from "../../contracts/partitions.ts"
import { repliesContract } from "../../contracts/replies.ts"
import type { StoreUnderTest } from "../../contracts/store.ts"

const memory: StoreUnderTest<never> = {
  layer: (retention = {}) => layer({ partitions: 2, retention }),
  passGenerations: (count) => TestClock.adjust(count * retention.marks),
  passLease: (millis) => TestClock.adjust(millis)
}

aliasesContract("memory", memory)
eventLogContract("memory", memory)
partitionsContract("memory", { ...memory, passPresence: (millis) => TestClock.adjust(millis) })
repliesContract("memory", memory)
