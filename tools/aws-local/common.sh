# Shared by start and stop.
MOTO='moto[server,cloudformation,s3,secretsmanager,kms,ec2,awslambda,iam,ssm,events,scheduler,logs,sns,sqs,cloudwatch]>=5.2.1'

die() {
  echo "aws-local: $*" >&2
  exit 1
}

# is_ours PID TEXT: succeeds if the process with this id still has this text in its command line
is_ours() { { tr '\0' ' ' <"/proc/$1/cmdline" || ps -o args= -p "$1"; } 2>/dev/null | grep -qF -- "$2"; }

# find_node [PATH]: sets $node to a Node.js that is new enough
find_node() {
  node=${1:-node}
  command -v "$node" >/dev/null || die "no Node.js at '$node': install Node.js >= 22, or name one with --node"
  node=$(command -v "$node")
  local version
  version=$("$node" -p 'process.versions.node')
  ((${version%%.*} >= 22)) || die "$node is Node.js $version, but >= 22 is needed: name another with --node"
}

# install_modules DIR LOG: npm packages of package.json into DIR, once; output goes to the folder LOG
install_modules() {
  local modules=$1/modules
  export AWS_LOCAL_MODULES=$modules
  if ! cmp -s "$here/package.json" "$modules/package.json" || [[ ! -f $modules/installed ]]; then
    command -v npm >/dev/null || die "npm is needed to install what package.json names"
    mkdir -p "$modules"
    rm -f "$modules/installed"
    cp "$here/package.json" "$modules/"
    echo "installing npm packages into $modules ..."
    (cd "$modules" && PATH=$(dirname "$node"):$PATH npm install --no-audit --no-fund --ignore-scripts) >"$2/npm.log" 2>&1 || die "npm install failed; see $2/npm.log"
    touch "$modules/installed"
  fi
}
