import * as TestClock from "effect/testing/TestClock"
import { memoryLastProofs } from "../../../layers/memory/deployment.ts"
import { lastProofsContract } from "../../contracts/last-proofs.ts"

lastProofsContract("memory", () => memoryLastProofs, TestClock.adjust)
