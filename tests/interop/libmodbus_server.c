/* A Modbus TCP device over libmodbus, for the drivers' tests against other makers' code.
 *
 *   server PORT        prints "ready"; serves any number of clients; unit id 1 and every other
 *
 * Its contents are fixed by content() below, so that a test knows them without asking; "dump" on standard input
 * prints all holding registers, "set N V" changes one, "shift N" moves them all so far on, as a new program may.
 * Every write request that reached it is printed as "write FUNCTION ADDRESS COUNT FIRST".
 *
 * What is wrong with it on purpose: reading or writing holding 1001..1011 is refused with exception 1..11;
 * 1100 is answered 1.6 s late, each time; nothing is known beyond 1999.
 */
#include <errno.h>
#include <math.h>
#include <modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

enum { PLACES = 2000, REFUSALS = 1000, LATE = 1100 };
static modbus_mapping_t *map;

static void put_text(int at, const char *text, int words) {
    for (int i = 0; i < words; i++) {
        size_t n = strlen(text), hi = 2 * i, lo = 2 * i + 1;
        map->tab_registers[at + i] =
            (uint16_t)((hi < n ? (unsigned char)text[hi] : 0) << 8 | (lo < n ? (unsigned char)text[lo] : 0));
    }
}

static void put_64(int at, uint64_t value) {
    for (int i = 0; i < 4; i++) map->tab_registers[at + i] = (uint16_t)(value >> (48 - 16 * i));
}

static void put_float(int at, float value, int little_bytes, int little_words) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    uint16_t words[2] = {(uint16_t)(bits >> 16), (uint16_t)bits};
    for (int i = 0; i < 2; i++) {
        uint16_t word = words[little_words ? 1 - i : i];
        map->tab_registers[at + i] = little_bytes ? (uint16_t)(word << 8 | word >> 8) : word;
    }
}

static void content(void) {
    uint16_t *r = map->tab_registers;
    double wide = -1.0e308;
    uint64_t bits;
    for (int i = 0; i < PLACES; i++) {
        map->tab_bits[i] = i % 3 == 0;
        map->tab_input_bits[i] = i % 5 == 0;
        map->tab_input_registers[i] = (uint16_t)(7 * i);
    }
    r[0] = (uint16_t)-2;
    r[1] = 65535;
    r[2] = 0x8001; /* bits 0 and 15 */
    MODBUS_SET_INT32_TO_INT16(r, 4, (int32_t)-70000);
    MODBUS_SET_INT32_TO_INT16(r, 6, (int32_t)4000000000u);
    put_64(8, (uint64_t)-5000000000ll);
    put_64(12, 18446744073709551615ull);
    put_float(16, 12.5f, 0, 0);
    put_float(18, 12.5f, 1, 1);
    put_float(20, 12.5f, 1, 0);
    put_float(22, 12.5f, 0, 1);
    memcpy(&bits, &wide, 8);
    put_64(24, bits);
    put_float(28, NAN, 0, 0);
    put_float(30, -INFINITY, 0, 0);
    put_float(32, -0.0f, 0, 0);
    put_text(40, "F\xc3\xbcller 7", 5);
    for (int i = 200; i < 600; i++) r[i] = (uint16_t)(i ^ 0x5a5a);
}

static int address_of(const uint8_t *request, int start) { return request[start + 1] << 8 | request[start + 2]; }

static int refuses(modbus_t *line, const uint8_t *request, int start, int function, int address) {
    int count = function == 6 ? 1 : function == 3 || function == 16 ? request[start + 3] << 8 | request[start + 4] : 0;
    for (int at = address; at < address + count; at++) {
        if (at <= REFUSALS || at > REFUSALS + 11) continue;
        modbus_reply_exception(line, request, at - REFUSALS);
        return 1;
    }
    if (function == 3 && address <= LATE && address + count > LATE) nanosleep(&(struct timespec){1, 600000000}, NULL);
    return 0;
}

static void note_write(const uint8_t *request, int start, int function, int address) {
    int count = function >= 15 ? request[start + 3] << 8 | request[start + 4] : 1;
    int first = function == 16 ? request[start + 6] << 8 | request[start + 7]
                : function == 15 ? request[start + 6]
                                 : request[start + 3] << 8 | request[start + 4];
    if (function == 5 || function == 6 || function == 15 || function == 16) {
        printf("write %d %d %d %d\n", function, address, count, first);
        fflush(stdout);
    }
}

static int command(void) {
    char line[256];
    int at, value;
    if (fgets(line, sizeof line, stdin) == NULL) return 0;
    if (sscanf(line, "set %d %d", &at, &value) == 2) map->tab_registers[at] = (uint16_t)value;
    if (sscanf(line, "shift %d", &at) == 1 && at > -PLACES && at < PLACES) {
        uint16_t *r = map->tab_registers;
        int kept = PLACES - abs(at);
        memmove(at > 0 ? r + at : r, at > 0 ? r : r - at, kept * sizeof *r);
    }
    if (strncmp(line, "dump", 4) == 0) {
        for (int i = 0; i < PLACES; i++) printf("%d ", map->tab_registers[i]);
        printf("\n");
    } else {
        printf("done\n");
    }
    fflush(stdout);
    return 1;
}

static void serve(modbus_t *line, int client, fd_set *open) {
    uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
    int start = modbus_get_header_length(line), length;
    modbus_set_socket(line, client);
    length = modbus_receive(line, request);
    if (length < 0) {
        close(client);
        FD_CLR(client, open);
        return;
    }
    if (length == 0) return;
    int function = request[start], address = address_of(request, start);
    note_write(request, start, function, address);
    if (!refuses(line, request, start, function, address)) modbus_reply(line, request, length, map);
}

int main(int count, char **words) {
    modbus_t *line = modbus_new_tcp("127.0.0.1", count > 1 ? atoi(words[1]) : 1502);
    fd_set open, ready;
    map = modbus_mapping_new(PLACES, PLACES, PLACES, PLACES);
    content();
    setvbuf(stdin, NULL, _IONBF, 0);
    int listener = modbus_tcp_listen(line, 8);
    if (listener < 0) {
        fprintf(stderr, "%s\n", modbus_strerror(errno));
        return 1;
    }
    printf("ready\n");
    fflush(stdout);
    FD_ZERO(&open);
    FD_SET(listener, &open);
    FD_SET(0, &open);
    for (;;) {
        ready = open;
        if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0) return 1;
        for (int fd = 0; fd < FD_SETSIZE; fd++) {
            if (!FD_ISSET(fd, &ready)) continue;
            if (fd == 0) {
                if (!command()) return 0;
            } else if (fd == listener) {
                int client = modbus_tcp_accept(line, &listener);
                if (client >= 0) FD_SET(client, &open);
            } else {
                serve(line, fd, &open);
            }
        }
    }
}
