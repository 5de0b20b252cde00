import * as Effect from "effect/Effect"
import { memoryActivations } from "../../../layers/memory/activations.ts"
import { activationsContract } from "../../contracts/activations.ts"

activationsContract("memory", () => memoryActivations, Effect.succeed("deployment"))
