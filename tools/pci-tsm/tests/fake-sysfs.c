// SPDX-License-Identifier: GPL-2.0
/*
 * fake-sysfs - run a command for which a tree of files behaves like sysfs
 *
 * Usage: fake-sysfs [-u] TREE COMMAND [ARGUMENT...]
 *        fake-sysfs -e TREE ADDRESS ACTION
 *
 * System calls read() and write() of the command are looked at before they are carried
 * out (seccomp user notification): those for files of a function in the tree get the
 * effects and error numbers that PCI/TSM gives them, by fake-function.c. Nothing has to
 * be privileged or preloaded for that.
 *
 * -u: announce changes of the state as uevents, and -e: announce something. That needs
 * a network namespace of one's own, so that nobody else is irritated.
 *
 * Exit status: that of the command; 77: the kernel cannot do that.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake-sysfs.h"

#define CANNOT 77
#define DATA_MAX 4096

bool fake_uevents;
const char *fake_top;

static void die(int status, const char *what)
{
	fprintf(stderr, "fake-sysfs: %s: %s\n", what, strerror(errno));
	exit(status);
}

/* Return: the file descriptor that says what the process is about to do */
static int install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		       &program);
}

/* By sendmsg(): write() would wait for somebody who is not there yet */
static void send_fd(int through, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct iovec byte = { "", 1 };
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(through, &message, 0) != 1)
		_exit(CANNOT);
}

static int receive_fd(int through)
{
	char control[CMSG_SPACE(sizeof(int))], data;
	struct iovec byte = { &data, 1 };
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	int fd;

	if (recvmsg(through, &message, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* Is it a file of a function? "TREE/bus/pci/devices/ADDRESS/tsm/lock" is taken apart. */
static bool split(char *path, char **attribute)
{
	size_t size = strlen(fake_top);
	const char *devices = "/bus/pci/devices/";

	if (strncmp(path, fake_top, size) || strncmp(path + size, devices, strlen(devices)))
		return false;
	*attribute = strchr(path + size + strlen(devices), '/');
	if (!*attribute)
		return false;
	*(*attribute)++ = 0;
	return true;
}

static long handle(const struct seccomp_notif *request)
{
	char link[64], path[PATH_MAX], data[DATA_MAX + 1], *attribute;
	struct iovec local = { data, 0 }, remote;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%u/fd/%d", request->pid, (int)request->data.args[0]);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return 0;
	path[n] = 0;
	if (!split(path, &attribute))
		return 0;
	if (request->data.nr == SYS_read)
		return fake_read(path, attribute);
	if (request->data.args[2] > DATA_MAX)
		return -EINVAL;
	local.iov_len = request->data.args[2];
	remote = (struct iovec) { (void *)request->data.args[1], local.iov_len };
	n = process_vm_readv(request->pid, &local, 1, &remote, 1, 0);
	if (n != (ssize_t)local.iov_len)
		return -EFAULT;
	data[n] = 0;
	return fake_write(path, attribute, data, n);
}

static void serve(int listener)
{
	struct seccomp_notif request = { 0 };
	struct seccomp_notif_resp response = { 0 };
	long result;

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request)) {
		/* The process is gone */
		if (errno == ENOENT || errno == EINTR)
			return;
		die(1, "cannot receive");
	}
	result = handle(&request);
	response.id = request.id;
	if (!result)
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (result < 0)
		response.error = result;
	else
		response.val = result;
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) && errno != ENOENT)
		die(1, "cannot answer");
}

static int run(char **command)
{
	int sockets[2], listener, status;
	struct pollfd fd;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		die(CANNOT, "socketpair");
	child = fork();
	if (child < 0)
		die(CANNOT, "fork");
	if (!child) {
		listener = install_filter();
		if (listener < 0)
			_exit(CANNOT);
		send_fd(sockets[1], listener);
		close(listener);
		execvp(command[0], command);
		_exit(127);
	}
	close(sockets[1]);
	listener = receive_fd(sockets[0]);
	fd = (struct pollfd) { .fd = listener, .events = POLLIN };
	for (;;) {
		if (waitpid(child, &status, WNOHANG) == child)
			break;
		if (listener >= 0 && poll(&fd, 1, 20) == 1 && fd.revents & POLLIN)
			serve(listener);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	char top[PATH_MAX], path[PATH_MAX + 64];
	bool announce = false;
	int option;

	while ((option = getopt(argc, argv, "+ue")) >= 0) {
		if (option == 'u')
			fake_uevents = true;
		else if (option == 'e')
			announce = true;
		else
			return 2;
	}
	if (argc - optind < 2 + announce)
		return 2;
	if (!realpath(argv[optind], top))
		die(1, argv[optind]);
	fake_top = top;
	if (announce) {
		fake_uevents = true;
		snprintf(path, sizeof(path), "%s/bus/pci/devices/%s", top, argv[optind + 1]);
		fake_uevent(argv[optind + 2], path, NULL, NULL);
		return 0;
	}
	return run(argv + optind + 1);
}
