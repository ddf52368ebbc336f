/* A small OPC UA server in C: ./server PORT ITEMS serves the Doubles ns=1;i=100000.. and prints "ready" as it listens.
 * Each Double holds its own number; the library's defaults are the limits. */
#include <stdio.h>
#include <stdlib.h>

#include <open62541/server.h>
#include <open62541/server_config_default.h>

#define NS0(NAME) UA_NODEID_NUMERIC(0, UA_NS0ID_##NAME)

static void add_double(UA_Server *server, UA_UInt32 number) {
    UA_VariableAttributes attributes = UA_VariableAttributes_default;
    UA_Double value = number;
    char name[32];
    snprintf(name, sizeof name, "Value%u", number);
    UA_Variant_setScalar(&attributes.value, &value, &UA_TYPES[UA_TYPES_DOUBLE]);
    attributes.dataType = UA_TYPES[UA_TYPES_DOUBLE].typeId;
    attributes.displayName = UA_LOCALIZEDTEXT("", name);
    UA_Server_addVariableNode(server, UA_NODEID_NUMERIC(1, 100000 + number), NS0(OBJECTSFOLDER), NS0(ORGANIZES),
                              UA_QUALIFIEDNAME(1, name), NS0(BASEDATAVARIABLETYPE), attributes, NULL, NULL);
}

int main(int count, char **words) {
    if(count != 3)
        return 2;
    UA_Server *server = UA_Server_new();
    UA_ServerConfig_setMinimal(UA_Server_getConfig(server), (UA_UInt16)atoi(words[1]), NULL);
    for(UA_UInt32 number = 0; number < (UA_UInt32)atoi(words[2]); number++)
        add_double(server, number);
    if(UA_Server_run_startup(server) != UA_STATUSCODE_GOOD)
        return 1;
    printf("ready\n");
    fflush(stdout);
    while(1)
        UA_Server_run_iterate(server, true);
}
