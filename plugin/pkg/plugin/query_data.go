package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// QueryData answers every refId it was asked. What fails is told in the answer of each refId and never as an error of the
// call, which Grafana shows as "An error occurred within the plugin".
func (i *Instance) QueryData(ctx context.Context, request *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	asked := make([]string, 0, len(request.Queries))
	bodies := make([]json.RawMessage, 0, len(request.Queries))
	for _, query := range request.Queries {
		body, failed := queryBody(query)
		if failed != nil {
			response.Responses[query.RefID] = failed.response()
			continue
		}
		asked = append(asked, query.RefID)
		bodies = append(bodies, body)
	}
	if len(asked) == 0 {
		return response, nil
	}
	results, failed := i.query(ctx, bodies, asker{plainHeaders(request.Headers), isScheduler(request.PluginContext.User)})
	for _, refID := range asked {
		if failed != nil {
			response.Responses[refID] = failed.response()
			continue
		}
		response.Responses[refID] = resultOf(results, refID)
	}
	return response, nil
}

func (i *Instance) query(ctx context.Context, queries []json.RawMessage, from asker) (backend.Responses, *failure) {
	if i.unusable != nil {
		return nil, i.unusable
	}
	body, err := json.Marshal(map[string]any{"queries": queries})
	if err != nil {
		return nil, undecodable(err)
	}
	got, failed := i.collector.ask(ctx, http.MethodPost, "query", body, from)
	if failed != nil {
		return nil, failed
	}
	return decodeResults(got.body)
}

// queryBody is the query as stored, with what Grafana resolved for this run in place of what was stored of it.
func queryBody(query backend.DataQuery) (json.RawMessage, *failure) {
	// Raw, so that numbers and texts leave as they came.
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(orEmpty(query.JSON), &fields); err != nil || fields == nil {
		return nil, downstream(configCategory, backend.StatusBadRequest, fmt.Sprintf("The query %s is no JSON object.", query.RefID),
			"Remove the query and make it again in the editor.")
	}
	resolved := map[string]any{
		"refId": query.RefID, "intervalMs": query.Interval.Milliseconds(), "maxDataPoints": query.MaxDataPoints,
		"timeRange": map[string]int64{"from": query.TimeRange.From.UnixMilli(), "to": query.TimeRange.To.UnixMilli()},
	}
	if query.QueryType != "" {
		resolved["queryType"] = query.QueryType
	}
	for name, value := range resolved {
		encoded, err := json.Marshal(value)
		if err != nil {
			return nil, undecodable(err)
		}
		fields[name] = encoded
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, undecodable(err)
	}
	return body, nil
}

// decodeResults reads the answer with Grafana's own decoder. When it refuses, each result is read alone, so that one bad
// frame does not blank its neighbours.
func decodeResults(body []byte) (backend.Responses, *failure) {
	results, err := decode(body)
	if err == nil {
		return results, nil
	}
	var parts struct {
		Results map[string]json.RawMessage `json:"results"`
	}
	if outer := json.Unmarshal(body, &parts); outer != nil {
		return nil, undecodable(outer)
	}
	results = backend.Responses{}
	for refID, part := range parts.Results {
		one, err := json.Marshal(map[string]any{"results": map[string]json.RawMessage{refID: part}})
		if err == nil {
			var alone backend.Responses
			if alone, err = decode(one); err == nil {
				results[refID] = alone[refID]
				continue
			}
		}
		results[refID] = undecodable(err).response()
	}
	return results, nil
}

// decode turns the decoder's panics (a column shorter than its entities) into errors.
func decode(body []byte) (results backend.Responses, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			results, err = nil, fmt.Errorf("malformed frame: %v", cause)
		}
	}()
	var response backend.QueryDataResponse
	if err := json.Unmarshal(body, &response); err != nil {
		return nil, err
	}
	return response.Responses, nil
}

func resultOf(results backend.Responses, refID string) backend.DataResponse {
	result, ok := results[refID]
	if !ok {
		return undecodable(fmt.Sprintf("it has no result for query %s", refID)).response()
	}
	if result.Error != nil && !result.ErrorSource.IsValid() {
		result.ErrorSource = backend.ErrorSourceDownstream
	}
	return result
}
