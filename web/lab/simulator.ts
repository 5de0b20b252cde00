import { type Call, type Delivery, type Effect, type Fault, type Told, add, nothing } from "./told.ts"

/** Receives the simulator's changes, and all of them again after a lost connection. The returned function ends it. */
export const listen = (heard: (told: Told) => void, connected: (yes: boolean) => void): (() => void) => {
  const source = new EventSource("/_simulator/changes")
  let told = nothing
  let drawn = 0
  const become = (next: Told) => {
    told = next
    cancelAnimationFrame(drawn)
    drawn = requestAnimationFrame(() => heard(told))
  }
  const on = <A>(event: string, next: (one: A) => Told) =>
    source.addEventListener(event, ({ data }: MessageEvent<string>) => {
      const one: A = JSON.parse(data)
      become(next(one))
    })
  on<Effect>("effect", (one) => ({ ...told, effects: add(told.effects, one) }))
  on<Delivery>("delivery", (one) => ({ ...told, deliveries: add(told.deliveries, one) }))
  on<Call>("call", (one) => ({ ...told, calls: add(told.calls, one) }))
  on<Fault>("fault", (fault) => ({ ...told, fault }))
  source.addEventListener("open", () => {
    become(nothing)
    connected(true)
  })
  source.addEventListener("error", () => connected(false))
  return () => source.close()
}

/** Sends a control to the simulator. Returns a description of the failure, or `undefined` on success. */
export const control = async (name: string, body: object): Promise<string | undefined> => {
  try {
    const answer = await fetch(`/_simulator/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body)
    })
    return answer.ok ? undefined : `The simulator answered ${answer.status}.`
  } catch {
    return "The simulator does not answer: is the lab still running?"
  }
}
