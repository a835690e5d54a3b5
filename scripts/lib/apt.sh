# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154
#
# Packages from a Debian suite that the machine does not have configured.
# Source it after common.sh.
#
#	file=$(apt_download trixie-backports all linux-source-7.3 "$cache/downloads")
#	file=$(apt_download "$(apt_codename)" arm64 busybox-static "$cache/downloads")
#
# prints the path of a .deb that apt has verified against the signed index, and
#
#	file=$(apt_source_download bookworm fio "$cache/downloads")
#
# that of the original source of a package. Works without root. The machine's own apt
# state is never touched: sources, lists and caches of a suite live in
# $cache/apt/SUITE-ARCH/. The source entry is the machine's own Debian entry with
# another suite in it, so that mirror, keyring and proxy are those that the machine
# already uses.

# apt_codename - the name of the Debian release that runs here
apt_codename()
{
	( . /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}" )
}

# apt_entries - the machine's source entries as "SUITES|COMPONENTS|URIS|SIGNED-BY"
#
# Both formats: deb822 (.sources) and one line per entry (.list). The lines of an
# embedded key are joined with \001, see apt_source().
apt_entries()
{
	_etc=${APT_ETC:-/etc/apt}

	for _file in "$_etc"/sources.list "$_etc"/sources.list.d/*.list; do
		[ -f "$_file" ] || continue
		awk '
		$1 == "deb" {
			sub(/#.*/, "")
			key = ""
			if (match($0, /\[[^]]*\]/)) {
				opts = substr($0, RSTART + 1, RLENGTH - 2)
				$0 = substr($0, 1, RSTART - 1) substr($0, RSTART + RLENGTH)
				if (match(opts, /signed-by=[^ ]*/))
					key = substr(opts, RSTART + 10, RLENGTH - 10)
			}
			comps = ""
			for (i = 4; i <= NF; i++)
				comps = comps " " $i
			print $3 "|" comps "|" $2 "|" key
		}' "$_file"
	done

	for _file in "$_etc"/sources.list.d/*.sources; do
		[ -f "$_file" ] || continue
		awk '
		function flush() {
			if (v["types"] ~ /(^| )deb( |$)/ && v["enabled"] !~ /^ *(no|false|0)/)
				print v["suites"] "|" v["components"] "|" v["uris"] "|" v["signed-by"]
			split("", v)
			name = ""
		}
		/^#/ { next }
		/^[ \t]*$/ { flush(); next }
		/^[ \t]/ {
			sub(/^[ \t]+/, "")
			v[name] = v[name] (name == "signed-by" ? "\001" : " ") $0
			next
		}
		{
			name = tolower(substr($0, 1, index($0, ":") - 1))
			v[name] = substr($0, index($0, ":") + 1)
			sub(/^[ \t]+/, "", v[name])
		}
		END { flush() }' "$_file"
	done
}

# apt_source SUITE [TYPE] - a deb822 source entry for SUITE, made from the machine's own
apt_source()
{
	apt_entries | awk -F'|' -v suite="$1" -v type="${2:-deb}" -v own="$(apt_codename)" '
	BEGIN {
		n = split(own " stable oldstable testing unstable sid", names, " ")
		for (i = 1; i <= n; i++)
			known[names[i]] = 1
	}
	{
		n = split($1, suites, " ")
		hit = 0
		for (i = 1; i <= n; i++)
			hit = hit || suites[i] in known
		# Another vendor may use the same suite name: Debian keys go first
		if (!hit || $2 !~ /(^| )main( |$)/)
			next
		rank = $4 ~ /debian-archive/ ? 2 : 1
		if (rank <= best)
			next
		best = rank
		uris = $3
		key = $4
	}
	END {
		if (!best)
			exit 1
		print "Types: " type
		print "URIs: " uris
		print "Suites: " suite
		print "Components: main"
		gsub("\001", "\n ", key)
		if (key != "")
			print "Signed-By: " key
	}'
}

# apt_private SUITE ARCH - make the private configuration, print its file's name.
# ARCH "source" is for source packages.
apt_private()
{
	_dir=$cache/apt/$1-$2
	_type=deb
	[ "$2" != source ] || _type=deb-src
	mkdir -p "$_dir/parts" "$_dir/lists/partial" "$_dir/cache/archives/partial"
	: >"$_dir/status"
	apt_source "$1" "$_type" >"$_dir/parts/debian.sources" ||
		die "no Debian source entry found below /etc/apt to derive suite $1 from"

	# The #clear lines keep hooks of the machine (desktop caches) out of it
	cat >"$_dir/apt.conf" <<-CONF
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear Acquire::IndexTargets::deb::DEP-11;
	APT::Architecture "$2";
	APT::Architectures { "$2"; };
	APT::Sandbox::User "root";
	Acquire::Languages "none";
	Acquire::Retries "2";
	Dir::Etc::SourceList "/dev/null";
	Dir::Etc::SourceParts "$_dir/parts";
	Dir::State::Lists "$_dir/lists";
	Dir::State::Status "$_dir/status";
	Dir::Cache "$_dir/cache";
	CONF
	# What is independent of architectures needs a real one to ask for
	case $2 in
	all | source)
		sed -i "s/\"$2\"/\"$(dpkg --print-architecture)\"/" "$_dir/apt.conf"
		;;
	esac
	printf '%s\n' "$_dir/apt.conf"
}

# apt_update SUITE ARCH - refresh the private lists; fails without network.
# Lists younger than an hour are good enough.
apt_update()
{
	_conf=$(apt_private "$1" "$2")
	_done=${_conf%/*}/updated

	if [ -n "$(find "$_done" -mmin -60 2>/dev/null)" ]; then
		return 0
	fi
	rm -f "$_done"
	say "  apt: reading the package list of $1 ($2)"
	if ! apt-get -c "$_conf" -q -o APT::Update::Error-Mode=any update \
	     >"$log/apt.log" 2>&1; then
		return 1
	fi
	: >"$_done"
}

# apt_version SUITE ARCH PACKAGE - the version that the suite offers, or nothing
apt_version()
{
	_conf=$(apt_private "$1" "$2")
	apt-cache -c "$_conf" policy "$3" 2>/dev/null |
		awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# apt_cached PACKAGE ARCH DESTDIR - print an earlier download if it is intact
apt_cached()
{
	_sum=$3/$1_$2.sha256
	[ -f "$_sum" ] || return 1
	( cd "$3" && sha256sum --quiet -c "$_sum" ) >/dev/null 2>&1 || return 1
	awk -v dir="$3" '{ print dir "/" $2 }' "$_sum"
}

# apt_download SUITE ARCH PACKAGE DESTDIR - download once, print the file's path
#
# apt checks the file against the hash in the signed index; that hash is then
# recorded beside it, and checked again on every later use. Needs no network when
# an intact download is there. Several may want it at the same time: apt's own locks
# would let only the first of them through.
apt_download()
{
	mkdir -p "$4"
	(
		flock 8
		apt_cached "$3" "$2" "$4" || apt_fetch "$@"
	) 8>"$4/.lock"
}

# apt_fetch SUITE ARCH PACKAGE DESTDIR - the work of apt_download
apt_fetch()
{
	apt_update "$1" "$2" || {
		show_tail "$log/apt.log"
		die "cannot reach the package archive, and $3 is not in $4"
	}
	_version=$(apt_version "$1" "$2" "$3")
	[ -n "$_version" ] || die "suite $1 offers no package $3"

	_part=$(mktemp -d "$4/.part.XXXXXX")
	say "  apt: downloading $3 $_version"
	if ! ( cd "$_part" &&
	       apt-get -c "$_conf" -q download "$3=$_version" ) >"$log/apt.log" 2>&1; then
		rm -rf "$_part"
		show_tail "$log/apt.log"
		die "download of $3 $_version failed"
	fi
	apt_keep "$3" "$2" "$_part" "$4"
}

# apt_keep PACKAGE ARCH PART DESTDIR - move the only file of PART, with its hash
apt_keep()
{
	( cd "$3" && _file=$(ls) && sha256sum -- "$_file" >"$1_$2.sha256" &&
	  mv -- "$_file" "$4"/ && mv "$1_$2.sha256" "$4"/ )
	rm -rf "$3"
	apt_cached "$1" "$2" "$4"
}

# apt_source_download SUITE PACKAGE DESTDIR - likewise, the original source of PACKAGE
apt_source_download()
{
	mkdir -p "$3"
	(
		flock 8
		apt_cached "$2" source "$3" || apt_source_fetch "$@"
	) 8>"$3/.lock"
}

apt_source_fetch()
{
	apt_update "$1" source || {
		show_tail "$log/apt.log"
		die "cannot reach the package archive, and the source of $2 is not in $3"
	}
	_part=$(mktemp -d "$3/.part.XXXXXX")
	say "  apt: downloading the source of $2"
	if ! ( cd "$_part" && apt-get -c "$_conf" -q --download-only --tar-only \
	       source "$2" ) >"$log/apt.log" 2>&1; then
		rm -rf "$_part"
		show_tail "$log/apt.log"
		die "download of the source of $2 failed"
	fi
	apt_keep "$2" source "$_part" "$3"
}
