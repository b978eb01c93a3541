import { useState } from 'react'

/**
 * Text in a field that is taken when somebody says so. What was stored elsewhere meanwhile replaces it, and the field stays the same
 * element, so that taking does not lose the focus.
 */
export function useTyped(stored: string): readonly [typed: string, setTyped: (text: string) => void] {
  const [state, setState] = useState({ stored, typed: stored })
  if (state.stored !== stored) setState({ stored, typed: stored })
  return [state.stored === stored ? state.typed : stored, (typed) => setState({ stored, typed })]
}
