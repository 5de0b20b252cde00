import { readable } from "./json.ts"
import { control } from "./simulator.ts"
import { clock } from "./time.ts"
import type { Delivery } from "./changes.ts"
import { Unfold } from "./unfold.tsx"

const answerOf = ({ status, admitted, deduped }: Delivery): readonly [word: string, tone: string] => {
  if (status === 0) return ["no answer", "bad"]
  if (status !== 200) return [`${status}`, "bad"]
  if (deduped) return ["200 deduped", "again"]
  return admitted ? ["200 admitted", "good"] : ["200", "good"]
}

const Row = ({ delivery, failed }: { readonly delivery: Delivery; readonly failed: (why?: string) => void }) => {
  const { at, attempt, body, headers, kind, messageId, millis } = delivery
  const [word, tone] = answerOf(delivery)
  const again = async () => failed(await control("redeliver", { kind, ...(messageId === "" ? {} : { id: messageId }) }))
  return (
    <li class="row">
      <div class="line">
        <time>{clock(at)}</time>
        <strong>{kind}</strong>
        <span class={`answer ${tone}`}>{word}</span>
        <span class="aside">
          {millis} ms{attempt > 1 ? `, attempt ${attempt}` : ""}
        </span>
        <button type="button" onClick={again} aria-label={`Deliver this ${kind} again`}>
          Deliver again
        </button>
      </div>
      <Unfold text={body}>
        {() => (
          <>
            <h4>Body, indented</h4>
            <pre tabIndex={0}>{readable(body)}</pre>
            <h4>The gateway's headers</h4>
            <pre tabIndex={0}>
              {Object.entries(headers)
                .map(([name, value]) => `${name}: ${value}`)
                .join("\n")}
            </pre>
          </>
        )}
      </Unfold>
    </li>
  )
}

/** Shows every delivery of a webhook with its answer, the last first. */
export const Webhooks = ({
  deliveries,
  failed
}: {
  readonly deliveries: ReadonlyArray<Delivery>
  readonly failed: (why?: string) => void
}) => (
  <section class="panel" aria-labelledby="webhooks-title">
    <h2 id="webhooks-title">
      Webhooks <span class="count">{deliveries.length}</span>
    </h2>
    <p class="hint">Deliveries of the provider to the gateway, and the answers of the gateway.</p>
    <ol class="rows" aria-label="Webhooks">
      {deliveries.toReversed().map((delivery, index) => (
        <Row key={deliveries.length - index} delivery={delivery} failed={failed} />
      ))}
    </ol>
  </section>
)
