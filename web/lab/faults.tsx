import { useState } from "preact/hooks"
import { control } from "./simulator.ts"
import type { Fault } from "./changes.ts"

/** Each mode of `/_simulator/faults`, and its description. */
const faults: ReadonlyArray<readonly [mode: string, words: string]> = [
  ["refuse", "refuse: pair limit, code 131056"],
  ["drop", "drop: cut off, nothing sent"],
  ["drop_after_accepting", "drop after accepting"],
  ["fail_after_accepting", "fail after accepting: 500"],
  ["delay", "delay: answer after 3 s"],
  ["html", "answer a page of HTML, 502"]
]

const wordsOf = ({ mode, times = 1 }: Fault) =>
  mode === "none"
    ? "The next send works."
    : `${times === 1 ? "The next send" : `The next ${times} sends`}: ${mode.replaceAll("_", " ")}.`

export const Faults = ({ fault, failed }: { readonly fault: Fault; readonly failed: (why?: string) => void }) => {
  const [mode, choose] = useState("refuse")
  const set = async (event: Event) => {
    event.preventDefault()
    failed(await control("faults", { mode, ...(mode === "delay" ? { millis: 3000 } : {}) }))
  }
  return (
    <section class="panel faults" aria-labelledby="faults-title">
      <h2 id="faults-title">Fault</h2>
      <form onSubmit={set}>
        <label>
          <span>Fault of the next send</span>
          <select value={mode} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {faults.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary">
          Set fault
        </button>
        <button
          type="button"
          disabled={fault.mode === "none"}
          onClick={async () => failed(await control("faults", { mode: "none" }))}
        >
          Clear
        </button>
      </form>
      <p class={fault.mode === "none" ? "state" : "state armed"} role="status">
        {wordsOf(fault)}
      </p>
    </section>
  )
}
