SQL=()
