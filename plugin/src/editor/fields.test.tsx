import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReadableQuery } from '../query/query'
import type { Resources } from '../resources'
import { NumberField } from './NumberField'
import { CorrelationOptions } from './options'

const query: ReadableQuery = {
  refId: 'A',
  schemaVersion: 1,
  queryType: 'correlations',
  filter: { text: '', terms: [] },
}

it('takes a number at Enter, within its bounds, and keeps the focus', async () => {
  const onChange = jest.fn()
  const field = <NumberField label="Rows" value={undefined} usual={100} most={500} onChange={onChange} />
  const { rerender } = render(field)
  const input = screen.getByRole('spinbutton')
  await userEvent.type(input, '900{Enter}')
  expect(onChange).toHaveBeenCalledWith(500)
  rerender(<NumberField label="Rows" value={500} usual={100} most={500} onChange={onChange} />)
  expect(screen.getByRole('spinbutton')).toBe(input)
  expect(input).toHaveFocus()
  expect(input).toHaveValue(500)
})

it('takes the id of a group at Enter', async () => {
  const onChange = jest.fn()
  render(
    <CorrelationOptions
      query={query}
      resources={{} as Resources}
      range={undefined}
      onChange={onChange}
      onRunQuery={jest.fn()}
    />,
  )
  await userEvent.type(screen.getByRole('textbox'), 'c-17{Enter}')
  expect(onChange).toHaveBeenCalledWith({ correlationId: 'c-17' })
})
