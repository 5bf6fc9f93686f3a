PID=$(ppl backend create --name "live test $(date +%s)" | jq -r .data.backend_id)

# component versions returns a bare JSON array (no {count, items} envelope):
INPUT_V=$(ppl component versions <input_component_id>  | jq -r '.[] | select(.tags[]? == "latest") | .id')
CUT_V=$(ppl component versions <cut_component_id>      | jq -r '.[] | select(.tags[]? == "latest") | .id')
OUTPUT_V=$(ppl component versions <output_component_id> | jq -r '.[] | select(.tags[]? == "latest") | .id')

# add-vertex has no vertex-id flag — the server assigns it and returns
# it in .data.vertex_id. Capture each id for the connect calls.
IN=$(ppl  backend add-vertex $PID --version $INPUT_V  --alias in  | jq -r .data.vertex_id)
CUT=$(ppl backend add-vertex $PID --version $CUT_V    --alias cut | jq -r .data.vertex_id)
OUT=$(ppl backend add-vertex $PID --version $OUTPUT_V --alias out | jq -r .data.vertex_id)

ppl backend connect $PID --from-vertex $IN  --from-output 0 --to-vertex $CUT --to-input 0
ppl backend connect $PID --from-vertex $CUT --from-output 0 --to-vertex $OUT --to-input 0

ppl backend change-parameter $PID --vertex $CUT --name model_cfg \
    --type String --value '"fastvit_t8"'

ppl backend deploy --runtime <runtime_id> --backend $PID
