import type { Step } from "../support/steps.ts"
import type { Turn } from "./counting-provider.ts"

/**
 * Where on its way a send is when its gateway is killed. `left`: the states in which it may then be found by whoever waits
 * until no call can be under way. `acts`: whether the provider has acted; where that is left open, the state says it.
 */
export interface Point {
  readonly name: string
  /** The step at which the process stands still; without one, the provider has the request and keeps silent. */
  readonly step?: Step
  readonly turn: Turn
  readonly left: ReadonlyArray<"nothing" | "accepted" | "in_doubt" | "sent">
  readonly acts: boolean
}

export const points: readonly [Point, ...ReadonlyArray<Point>] = [
  { name: "before the claim", step: "IntentLedger.claim before", turn: "answer", left: ["nothing"], acts: false },
  {
    name: "with the claim on its way",
    step: "IntentLedger.claim sent",
    turn: "answer",
    left: ["nothing", "in_doubt"],
    acts: false
  },
  { name: "with the claim written", step: "IntentLedger.claim after", turn: "answer", left: ["in_doubt"], acts: false },
  { name: "before the call", step: "ProviderHttp.call before", turn: "answer", left: ["in_doubt"], acts: false },
  { name: "with the request written", turn: "written", left: ["in_doubt"], acts: false },
  { name: "once the provider acted", turn: "acted", left: ["in_doubt"], acts: true },
  { name: "with the answer received", step: "ProviderHttp.call after", turn: "answer", left: ["in_doubt"], acts: true },
  { name: "before it settles", step: "IntentLedger.settle before", turn: "answer", left: ["in_doubt"], acts: true },
  {
    name: "with the settlement on its way",
    step: "IntentLedger.settle sent",
    turn: "answer",
    left: ["in_doubt", "sent"],
    acts: true
  },
  { name: "once it settled", step: "IntentLedger.settle after", turn: "answer", left: ["sent"], acts: true },
  { name: "before the caller's answer", step: "Door.answer before", turn: "answer", left: ["sent"], acts: true }
]

/** The same for what is accepted and performed later: accept, lane, and then as above, by whoever owns the lane. */
export const pointsLater: readonly [Point, ...ReadonlyArray<Point>] = [
  { name: "before it is accepted", step: "IntentLedger.accept before", turn: "answer", left: ["nothing"], acts: false },
  {
    name: "with the acceptance on its way",
    step: "IntentLedger.accept sent",
    turn: "answer",
    left: ["nothing", "accepted"],
    acts: false
  },
  {
    name: "before its place in the lane",
    step: "IntentLanes.enqueue before",
    turn: "answer",
    left: ["accepted"],
    acts: false
  },
  {
    name: "with its place in the lane on its way",
    step: "IntentLanes.enqueue sent",
    turn: "answer",
    left: ["accepted"],
    acts: false
  },
  {
    name: "with its place in the lane",
    step: "IntentLanes.enqueue after",
    turn: "answer",
    left: ["accepted"],
    acts: false
  },
  { name: "before its turn", step: "IntentLanes.advance before", turn: "answer", left: ["accepted"], acts: false },
  ...points
    .filter(({ step }) => step !== "Door.answer before")
    .map((point) => ({
      ...point,
      name: `${point.name}, later`,
      left: point.left.map((left) => (left === "nothing" ? "accepted" : left))
    }))
]
