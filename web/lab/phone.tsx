import { useEffect, useRef, useState } from "preact/hooks"
import type { Channel } from "./channel.ts"
import { type Bubble, type Reach, bare, conversation, people } from "./conversation.ts"
import { control } from "./simulator.ts"
import { clock } from "./time.ts"
import type { Changes } from "./changes.ts"

const ticks: Readonly<Record<Reach, string>> = { waiting: "", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!" }

const Message = ({ mine, text, type, reach, at }: Bubble) => (
  <li class={mine ? "bubble mine" : "bubble theirs"}>
    <span class="visually-hidden">{mine ? "You: " : "Support: "}</span>
    {text === "" ? <em>{type}</em> : <span class="text">{text}</span>}
    <span class="meta">
      <time>{clock(at)}</time>
      <span class={`ticks ${reach}`}>
        <span aria-hidden="true">{ticks[reach]}</span> {reach}
      </span>
    </span>
  </li>
)

/** Shows the customer's phone. */
export const Phone = ({
  about,
  changes,
  failed
}: {
  readonly about: Channel
  readonly changes: Changes
  readonly failed: (why?: string) => void
}) => {
  const isWhatsApp = about.id === "whatsapp"
  const [person, choose] = useState(about.customer)
  const [text, write] = useState("")
  const end = useRef<HTMLDivElement>(null)
  const bubbles = conversation(changes, person)
  const unread = bubbles.filter(({ mine, reach }) => !mine && reach !== "read" && reach !== "failed")
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [bubbles.length, person])

  const send = async (event: Event) => {
    event.preventDefault()
    if (text.trim() === "" || bare(person) === "") return
    write("")
    failed(await control("customer-messages", { from: bare(person), text }))
  }
  const comment = async () => {
    if (text.trim() === "" || bare(person) === "") return
    write("")
    failed(await control("comments", { from: bare(person), text }))
  }
  const read = async () => {
    for (const { key } of unread) failed(await control("statuses", { id: key, status: "read" }))
  }

  return (
    <section class="phone" aria-labelledby="phone-title">
      <header>
        <h2 id="phone-title">Support</h2>
        <label>
          <span>{isWhatsApp ? "Your number" : "Your id"}</span>
          <input
            list="people"
            inputMode={isWhatsApp ? "tel" : "text"}
            autocomplete="off"
            value={person}
            onInput={({ currentTarget }) => choose(currentTarget.value)}
          />
        </label>
        <datalist id="people">
          {people(changes).map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </header>
      <div ref={end} class="chat" role="log" aria-label="Conversation" tabIndex={0}>
        <ol>
          {bubbles.length === 0 ? <li class="hint">Write something: the example application answers.</li> : null}
          {bubbles.map((bubble) => (
            <Message {...bubble} key={bubble.key} />
          ))}
        </ol>
      </div>
      <div class="unread" hidden={!isWhatsApp}>
        <button type="button" disabled={unread.length === 0} onClick={read}>
          Read {unread.length === 0 ? "all" : unread.length === 1 ? "1 message" : `${unread.length} messages`}
        </button>
      </div>
      <form class="composer" onSubmit={send}>
        <label class="visually-hidden" for="message">
          Message
        </label>
        <input
          id="message"
          autocomplete="off"
          placeholder="Write as the customer"
          value={text}
          onInput={({ currentTarget }) => write(currentTarget.value)}
        />
        <button type="submit" class="primary">
          Send
        </button>
        <button type="button" hidden={isWhatsApp} onClick={comment}>
          Comment
        </button>
      </form>
    </section>
  )
}
