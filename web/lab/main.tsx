import { render } from "preact"
import { useEffect, useState } from "preact/hooks"
import { Calls } from "./calls.tsx"
import { channel, unknown } from "./channel.ts"
import { Faults } from "./faults.tsx"
import { Phone } from "./phone.tsx"
import { listen } from "./simulator.ts"
import { nothing } from "./changes.ts"
import { Webhooks } from "./webhooks.tsx"

/** Views, side by side where there is room, else one at a time. */
const views = ["Phone", "Provider"] as const

const Lab = () => {
  const [changes, setChanges] = useState(nothing)
  const [connected, connect] = useState(false)
  const [view, show] = useState<(typeof views)[number]>("Phone")
  const [problem, failed] = useState<string>()
  const [about, learn] = useState(unknown)
  useEffect(() => listen(setChanges, connect), [])
  useEffect(() => {
    void channel().then(learn)
  }, [])
  return (
    <>
      <header class="top">
        <h1>Comporta lab</h1>
        <p class="where">Simulated provider. Nothing leaves this machine.</p>
        <p class={connected ? "live on" : "live"} role="status">
          {connected ? "live" : "not connected"}
        </p>
        <nav class="channels" aria-label="Channel">
          {about.channels.map(({ name, port }) => (
            <a
              key={name}
              href={`${location.protocol}//${location.hostname}:${port}/`}
              aria-current={name === about.name ? "page" : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
        <nav class="views" aria-label="View">
          {views.map((one) => (
            <button key={one} type="button" aria-pressed={one === view} onClick={() => show(one)}>
              {one}
            </button>
          ))}
        </nav>
      </header>
      <p class="problem" role="alert" hidden={problem === undefined}>
        {problem}
      </p>
      <main data-view={view}>
        <div class="side phone-side">
          <Phone key={about.id} about={about} changes={changes} failed={failed} />
        </div>
        <div class="side provider-side">
          <Faults fault={changes.fault} failed={failed} />
          <div class="lists">
            <Webhooks deliveries={changes.deliveries} failed={failed} />
            <Calls calls={changes.calls} />
          </div>
        </div>
      </main>
    </>
  )
}

const app = document.getElementById("app")
if (app !== null) render(<Lab />, app)
