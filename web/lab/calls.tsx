import { readable } from "./json.ts"
import { clock } from "./time.ts"
import type { Call } from "./changes.ts"
import { Unfold } from "./unfold.tsx"

const Row = ({ at, path, body, fault, status, answer }: Call) => (
  <li class="row">
    <div class="line">
      <time>{clock(at)}</time>
      <strong>{path.split("/").at(-1)}</strong>
      <span class={`answer ${status === 200 ? "good" : "bad"}`}>{status === 0 ? "cut off" : status}</span>
      {fault === "none" ? null : <span class="aside">fault: {fault.replaceAll("_", " ")}</span>}
    </div>
    <Unfold text={body}>
      {() => (
        <>
          <h4>Request</h4>
          <pre tabIndex={0}>{readable(body)}</pre>
          <h4>Answer</h4>
          <pre tabIndex={0}>{answer === "" ? "nothing" : readable(answer)}</pre>
        </>
      )}
    </Unfold>
  </li>
)

/** Shows the gateway's requests to the provider, the last first. */
export const Calls = ({ calls }: { readonly calls: ReadonlyArray<Call> }) => (
  <section class="panel" aria-labelledby="calls-title">
    <h2 id="calls-title">
      Sends <span class="count">{calls.length}</span>
    </h2>
    <p class="hint">Requests of the gateway to the provider, and the answers of the provider.</p>
    <ol class="rows" aria-label="Sends">
      {calls.toReversed().map((call, index) => (
        <Row key={calls.length - index} {...call} />
      ))}
    </ol>
  </section>
)
