import * as TestClock from "effect/testing/TestClock"
import { layer } from "../../../layers/memory/last-proofs.ts"
import { lastProofsContract } from "../../contracts/last-proofs.ts"

lastProofsContract("memory", () => layer, TestClock.adjust)
