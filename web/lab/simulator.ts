import { type Call, type Delivery, type Effect, type Fault, type Changes, add, nothing } from "./changes.ts"

/** Receives the simulator's changes, and all of them again after a lost connection. The returned function ends it. */
export const listen = (onChange: (changes: Changes) => void, connected: (yes: boolean) => void): (() => void) => {
  const source = new EventSource("/_simulator/changes")
  let changes = nothing
  let drawn = 0
  const become = (next: Changes) => {
    changes = next
    cancelAnimationFrame(drawn)
    drawn = requestAnimationFrame(() => onChange(changes))
  }
  const on = <A>(event: string, next: (one: A) => Changes) =>
    source.addEventListener(event, ({ data }: MessageEvent<string>) => {
      const one: A = JSON.parse(data)
      become(next(one))
    })
  on<Effect>("effect", (one) => ({ ...changes, effects: add(changes.effects, one) }))
  on<Delivery>("delivery", (one) => ({ ...changes, deliveries: add(changes.deliveries, one) }))
  on<Call>("call", (one) => ({ ...changes, calls: add(changes.calls, one) }))
  on<Fault>("fault", (fault) => ({ ...changes, fault }))
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
