import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { shortened } from "./json.ts"

/** Shows the beginning of a text, and the details below it on demand. */
export const Unfold = ({ text, children }: { readonly text: string; readonly children: () => ComponentChildren }) => {
  const [open, become] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => become(currentTarget.open)}>
      <summary>
        <code>{shortened(text)}</code>
      </summary>
      {open ? children() : null}
    </details>
  )
}
